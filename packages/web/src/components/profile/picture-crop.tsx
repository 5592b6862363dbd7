import { useId, useState } from "react";
import Cropper from "react-easy-crop";
import "react-easy-crop/react-easy-crop.css";
import { Label } from "../ui/label";
import type { Square } from "./encode-picture";

interface PictureCropProps {
  /** The address of the picture, which the browser has read already. */
  source: string;
  /** Gets the square whenever the person has moved it. */
  onSquare: (square: Square) => void;
}

const furthest = 5;

/** Lets a person choose the square of a picture: by pointer, by touch, and by keyboard. */
export function PictureCrop({ source, onSquare }: PictureCropProps) {
  const [crop, setCrop] = useState({ x: 0, y: 0 });
  const [zoom, setZoom] = useState(1);
  const id = useId();
  return (
    <div className="space-y-3">
      <div className="relative h-64 overflow-hidden rounded-lg bg-muted">
        <Cropper
          image={source}
          crop={crop}
          zoom={zoom}
          maxZoom={furthest}
          aspect={1}
          cropShape="round"
          showGrid={false}
          keyboardStep={8}
          onCropChange={setCrop}
          onZoomChange={setZoom}
          onCropComplete={(_percent, square) => onSquare(square)}
          disableAutomaticStylesInjection
          mediaProps={{ alt: "" }}
          // As an application, the area gets the arrow keys of people who use a screen reader.
          cropperProps={{ role: "application", "aria-label": "Picture", "aria-describedby": `${id}-help` }}
        />
      </div>
      <p id={`${id}-help`} className="text-sm text-muted-foreground">
        Drag the picture, or move it with the arrow keys.
      </p>
      <div className="flex items-center gap-3">
        <Label htmlFor={id}>Zoom</Label>
        <input
          id={id}
          type="range"
          min={1}
          max={furthest}
          step={0.1}
          value={zoom}
          onChange={(event) => setZoom(Number(event.target.value))}
          className="h-11 w-full accent-primary"
        />
      </div>
    </div>
  );
}
